//! Sixteen numbers in four NEON registers. Every aarch64 processor has them.

use std::arch::aarch64::*;

use super::Lanes;

// Each `unsafe` below calls a NEON instruction, which every processor of this architecture has; what pointers point at is the caller's
// promise.

#[derive(Debug, Clone, Copy)]
pub struct Neon([float32x4_t; 4]);

impl Lanes for Neon {
    // Of 32 registers: 20 sums, five of pixels with four channels each, four of weights.
    const TILE: [usize; 2] = [5, 0];
    const STRIP: usize = 5;
    const NEIGHBOURS: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([unsafe { vdupq_n_f32(value) }; 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { [vld1q_f32(from), vld1q_f32(from.add(4)), vld1q_f32(from.add(8)), vld1q_f32(from.add(12))] })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        for (quarter, lanes) in self.0.into_iter().enumerate() {
            unsafe { vst1q_f32(to.add(4 * quarter), lanes) }
        }
    }

    #[inline(always)]
    unsafe fn load_neighbours(from: *const f32) -> Self {
        // One register, whatever quarter it is asked of.
        Self([unsafe { vld1q_f32(from) }; 4])
    }

    #[inline(always)]
    fn mul_add_neighbour(self, neighbours: Self, place: usize, sum: Self) -> Self {
        Self(std::array::from_fn(|quarter| unsafe {
            let (sum, lanes, neighbours) = (sum.0[quarter], self.0[quarter], neighbours.0[quarter]);
            match place {
                0 => vfmaq_laneq_f32::<0>(sum, lanes, neighbours),
                1 => vfmaq_laneq_f32::<1>(sum, lanes, neighbours),
                2 => vfmaq_laneq_f32::<2>(sum, lanes, neighbours),
                _ => vfmaq_laneq_f32::<3>(sum, lanes, neighbours),
            }
        }))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|quarter| unsafe { vaddq_f32(self.0[quarter], other.0[quarter]) }))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        Self(std::array::from_fn(|quarter| unsafe { vfmaq_f32(sum.0[quarter], self.0[quarter], factor.0[quarter]) }))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(std::array::from_fn(|quarter| unsafe { vmaxq_f32(self.0[quarter], other.0[quarter]) }))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(std::array::from_fn(|quarter| unsafe { vminq_f32(self.0[quarter], other.0[quarter]) }))
    }
}
