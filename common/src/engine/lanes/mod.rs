//! Sixteen numbers at once, by what the processor has: AVX-512, AVX2 with FMA, NEON, or nothing of the kind.
#![allow(unsafe_code)] // vector loads and stores take pointers: bounds that are checked at each would cost more than the arithmetic

#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::layout::Lane;

/// Sixteen numbers in registers.
pub trait Lanes: Copy {
    /// Pixels that a dense convolution works on at once, by output blocks at once (1 or 2): as many sums as there are registers for.
    const TILE: [usize; 2];
    /// Pixels that a depthwise convolution or a pooling works on at once.
    const STRIP: usize;
    /// Neighbouring numbers that one load brings, to multiply by one after the other; 1 where each has to be spread over all lanes.
    const NEIGHBOURS: usize = 1;

    /// The same number in each lane.
    fn splat(value: f32) -> Self;

    /// # Safety
    /// Sixteen floats can be read at `from`.
    unsafe fn load(from: *const f32) -> Self;

    /// # Safety
    /// Sixteen floats can be written at `to`.
    unsafe fn store(self, to: *mut f32);

    /// # Safety
    /// `NEIGHBOURS` floats can be read at `from`.
    #[inline(always)]
    unsafe fn load_neighbours(from: *const f32) -> Self {
        Self::splat(unsafe { *from })
    }

    /// `self * neighbours[place] + sum`, of what [`load_neighbours`](Self::load_neighbours) gave.
    #[inline(always)]
    fn mul_add_neighbour(self, neighbours: Self, _place: usize, sum: Self) -> Self {
        self.mul_add(neighbours, sum)
    }

    fn add(self, other: Self) -> Self;

    /// `self * factor + sum`.
    fn mul_add(self, factor: Self, sum: Self) -> Self;

    fn max(self, other: Self) -> Self;

    fn min(self, other: Self) -> Self;
}

/// Clears the upper halves of x86's vector registers. Code that leaves something in them, as some of tract's does, slows down all that
/// runs after it in its thread and uses the lower halves alone: that is kept from being mixed up with what lies above, an instruction
/// at a time. Ours clears them by itself.
pub fn clear_upper_halves() {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx") {
        // The processor has the instruction.
        unsafe { x86::clear_upper_halves() }
    }
}

/// Work that is compiled once for each kind of processor. `run` must be `#[inline(always)]`: only inlined into a function that names
/// the processor's features does it use them.
pub trait Kernel {
    /// The most pixels that it keeps in registers, by output blocks at once; kinds that have not as many are left out.
    const TILE: (usize, usize);

    fn run<V: Lanes>(self);
}

/// A kind of processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Processor {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    Neon,
    Portable,
}

impl Processor {
    /// Those this machine is, best first.
    pub fn here() -> Vec<Self> {
        let mut kinds = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if has_avx2 && is_x86_feature_detected!("avx512f") {
                kinds.push(Self::Avx512);
            }
            if has_avx2 {
                kinds.push(Self::Avx2);
            }
        }
        #[cfg(target_arch = "aarch64")]
        kinds.push(Self::Neon);
        kinds.push(Self::Portable);
        kinds
    }

    /// The best that this machine is.
    pub fn best() -> Self {
        Self::here().into_iter().next().unwrap_or(Self::Portable)
    }

    /// Pixels that a dense convolution works on at once, where it makes this many output blocks at once.
    pub fn tile(self, blocks: usize) -> usize {
        let tile = match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => x86::Avx512::TILE,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::Avx2::TILE,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => neon::Neon::TILE,
            Self::Portable => portable::Portable::TILE,
        };
        tile[blocks - 1]
    }

    /// Runs a kernel on it.
    pub fn run<K: Kernel>(self, kernel: K) {
        match self {
            // Safe, all three: a value of this kind is made by `here` alone, where the processor said that it has the features.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { x86::avx512(kernel) },
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::avx2(kernel) },
            #[cfg(target_arch = "aarch64")]
            Self::Neon => fitting::<neon::Neon, K>(kernel),
            Self::Portable => fitting::<portable::Portable, K>(kernel),
        }
    }
}

/// Runs the kernel where it fits into the registers; where it does not, it is not even compiled.
#[inline(always)]
fn fitting<V: Lanes, K: Kernel>(kernel: K) {
    if const { K::TILE.0 <= V::TILE[K::TILE.1 - 1] } {
        kernel.run::<V>();
    }
}

/// The lanes of a packed vector.
#[inline(always)]
pub fn floats(lanes: &[Lane]) -> *const f32 {
    lanes.as_ptr().cast()
}
