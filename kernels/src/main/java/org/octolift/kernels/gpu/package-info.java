/// Kernels for GPUs, written for groups of work-items: local memory, barriers, tensor cores. Each
/// computes what a loop kernel in [org.octolift.kernels] or an op of the engine defines.
package org.octolift.kernels.gpu;
