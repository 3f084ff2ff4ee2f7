//! Where tensors live: a GPU where there is one, else the CPU.

use std::ffi::{c_char, c_int, c_void};

use tch::{Cuda, Device};

#[allow(unsafe_code)] // as below
unsafe extern "C" {
    fn dlopen(file: *const c_char, mode: c_int) -> *mut c_void;
    fn mallopt(parameter: c_int, value: c_int) -> c_int;
}

const RTLD_NOW: c_int = 0x2;
const RTLD_GLOBAL: c_int = 0x100;

// Of glibc's malloc.h.
const M_TRIM_THRESHOLD: c_int = -1;
const M_TOP_PAD: c_int = -2;
const M_MMAP_MAX: c_int = -4;

/// Finds the device. To be called before anything else asks libtorch about CUDA: it remembers the first answer.
///
/// The linker leaves libtorch's CUDA library out, since nothing names it; so a build needs the CPU's libraries only, and here
/// the other is loaded where it is installed.
#[allow(unsafe_code)] // dlopen is C; the name is a constant that ends in zero, and a failure only means "no CUDA"
pub fn find() -> Device {
    unsafe { dlopen(c"libtorch_cuda.so".as_ptr(), RTLD_NOW | RTLD_GLOBAL) };
    if Cuda::is_available() { Device::Cuda(0) } else { Device::Cpu }
}

/// Keeps memory that was freed for the next allocation.
///
/// Every step of learning asks for the same large tensors again. By default glibc gives them back to the kernel in between, which
/// then clears them page by page: a quarter of a CPU's time.
#[allow(unsafe_code)] // mallopt is C; it takes numbers, and a refusal only leaves the default
pub fn keep_freed_memory() {
    unsafe {
        mallopt(M_MMAP_MAX, 0);
        mallopt(M_TRIM_THRESHOLD, c_int::MAX);
        mallopt(M_TOP_PAD, 64 << 20);
    }
}
