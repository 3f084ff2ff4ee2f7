//! Sixteen numbers in one AVX-512 register, or in two of AVX2.

use std::arch::x86_64::*;

use super::{Kernel, Lanes, fitting};

#[target_feature(enable = "avx512f,avx2,fma")]
pub fn avx512<K: Kernel>(kernel: K) {
    fitting::<Avx512, K>(kernel);
}

#[target_feature(enable = "avx2,fma")]
pub fn avx2<K: Kernel>(kernel: K) {
    fitting::<Avx2, K>(kernel);
}

#[target_feature(enable = "avx")]
pub fn clear_upper_halves() {
    _mm256_zeroupper();
}

// Each `unsafe` below calls instructions of the feature that `avx512` and `avx2` name: nothing else makes such a value, and what
// pointers point at is the caller's promise.

#[derive(Debug, Clone, Copy)]
pub struct Avx512(__m512);

impl Lanes for Avx512 {
    // Of 32 registers: 28 or 14 sums, the weights, a pixel.
    const TILE: [usize; 2] = [14, 14];
    const STRIP: usize = 8;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm512_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm512_loadu_ps(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { _mm512_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        Self(unsafe { _mm512_fmadd_ps(self.0, factor.0, sum.0) })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(unsafe { _mm512_max_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(unsafe { _mm512_min_ps(self.0, other.0) })
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Avx2([__m256; 2]);

impl Lanes for Avx2 {
    // Of 16 registers: 12 sums, two of weights, a pixel.
    const TILE: [usize; 2] = [6, 0];
    const STRIP: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([unsafe { _mm256_set1_ps(value) }; 2])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))] })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe {
            _mm256_storeu_ps(to, self.0[0]);
            _mm256_storeu_ps(to.add(8), self.0[1]);
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { [_mm256_add_ps(self.0[0], other.0[0]), _mm256_add_ps(self.0[1], other.0[1])] })
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        let Self([low, high]) = self;
        Self(unsafe { [_mm256_fmadd_ps(low, factor.0[0], sum.0[0]), _mm256_fmadd_ps(high, factor.0[1], sum.0[1])] })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(unsafe { [_mm256_max_ps(self.0[0], other.0[0]), _mm256_max_ps(self.0[1], other.0[1])] })
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(unsafe { [_mm256_min_ps(self.0[0], other.0[0]), _mm256_min_ps(self.0[1], other.0[1])] })
    }
}

#[cfg(test)]
mod tests {
    use std::arch::asm;

    #[test]
    fn upper_halves_are_cleared() {
        if !is_x86_feature_detected!("avx2") {
            return;
        }
        let upper: u64;
        // Nothing between the two touches the upper half of ymm5 but what is tried.
        unsafe {
            asm!("vpcmpeqb ymm5, ymm5, ymm5", out("xmm5") _);
            super::clear_upper_halves();
            asm!("vextracti128 xmm5, ymm5, 1", "movq {}, xmm5", out(reg) upper, out("xmm5") _);
        }
        assert_eq!(upper, 0);
    }
}
