#pragma OPENCL EXTENSION cl_khr_fp64 : enable  
#pragma OPENCL EXTENSION cl_khr_fp16 : enable  
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable  
__kernel void scale(__global long *_kernel_context, __constant uchar *_constant_region, __local uchar *_local_region, __global int *_atomics, __global uchar *scale, __global uchar *variance, __global uchar *gamma, __private int channels, __private float epsilon)
{
  double d_15, d_14, d_17, d_16, d_18; 
  int i_5, i_4, i_20, i_3; 
  float f_12, f_10, f_19; 
  ulong ul_9, ul_13, ul_11, ul_1, ul_0, ul_2; 
  long l_6, l_7, l_8; 

  // BLOCK 0
  ul_0  =  (ulong) scale;
  ul_1  =  (ulong) variance;
  ul_2  =  (ulong) gamma;
  i_3  =  get_global_size(0);
  i_4  =  get_global_id(0);
  // BLOCK 1 MERGES [0 2 ]
  i_5  =  i_4;
  for(;i_5 < 32;)
  {
    // BLOCK 2
    l_6  =  (long) i_5;
    l_7  =  l_6 + 4L;
    l_8  =  l_7 << 2;
    ul_9  =  ul_2 + l_8;
    f_10  =  *((__global float *) ul_9);
    ul_11  =  ul_1 + l_8;
    f_12  =  *((__global float *) ul_11);
    ul_13  =  ul_0 + l_8;
    d_14  =  (double) f_10;
    d_15  =  (double) f_12;
    d_16  =  d_15 + 0.0010000000474974513;
    d_17  =  native_sqrt(d_16);
    d_18  =  d_14 / d_17;
    f_19  =  (float) d_18;
    *((__global float *) ul_13)  =  f_19;
    i_20  =  i_3 + i_5;
    i_5  =  i_20;
  }  // B1
  // BLOCK 3
  return;
}  //  kernel
