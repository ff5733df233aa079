#pragma OPENCL EXTENSION cl_khr_fp64 : enable  
#pragma OPENCL EXTENSION cl_khr_fp16 : enable  
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable  
__kernel void gradient(__global long *_kernel_context, __constant uchar *_constant_region, __local uchar *_local_region, __global int *_atomics, __global uchar *dx, __global uchar *dResidual, __global uchar *dy, __global uchar *y, __global uchar *x, __global uchar *mean, __global uchar *coefficients, __global uchar *counts, __private int slot, __private int channels, __private int capacity, __private int masked, __private int residuals)
{
  int i_34, i_12, i_11, i_10, i_9, i_7; 
  bool b_13; 
  float f_28, f_26, f_32, f_30, f_31, f_20, f_18, f_24, f_22; 
  ulong ul_25, ul_23, ul_29, ul_27, ul_1, ul_33, ul_0, ul_5, ul_4, ul_3, ul_2, ul_8, ul_6, ul_17, ul_21, ul_19; 
  long l_14, l_15, l_16; 

  // BLOCK 0
  ul_0  =  (ulong) dx;
  ul_1  =  (ulong) dResidual;
  ul_2  =  (ulong) dy;
  ul_3  =  (ulong) x;
  ul_4  =  (ulong) mean;
  ul_5  =  (ulong) coefficients;
  ul_6  =  (ulong) counts;
  i_7  =  get_global_size(0);
  ul_8  =  ul_6 + 16L;
  i_9  =  get_global_id(0);
  // BLOCK 1 MERGES [0 5 ]
  i_10  =  i_9;
  for(;i_10 < 64;)
  {
    // BLOCK 2
    i_11  =  *((__global int *) ul_8);
    i_12  =  i_7 + i_10;
    b_13  =  i_10 < i_11;
    if(b_13)
    {
      // BLOCK 3
      l_14  =  (long) i_10;
      l_15  =  l_14 + 4L;
      l_16  =  l_15 << 2;
      ul_17  =  ul_2 + l_16;
      f_18  =  *((__global float *) ul_17);
      ul_19  =  ul_5 + 16L;
      f_20  =  *((__global float *) ul_19);
      ul_21  =  ul_5 + 20L;
      f_22  =  *((__global float *) ul_21);
      ul_23  =  ul_3 + l_16;
      f_24  =  *((__global float *) ul_23);
      ul_25  =  ul_4 + 16L;
      f_26  =  *((__global float *) ul_25);
      ul_27  =  ul_5 + 24L;
      f_28  =  *((__global float *) ul_27);
      ul_29  =  ul_0 + l_16;
      f_30  =  f_24 - f_26;
      f_31  =  fma(f_30, f_22, f_28);
      f_32  =  fma(f_18, f_20, f_31);
      *((__global float *) ul_29)  =  f_32;
      ul_33  =  ul_1 + l_16;
      *((__global float *) ul_33)  =  f_18;
    }  // B2
    else
    {
      // BLOCK 4
    }  // B2
    // BLOCK 5 MERGES [4 3 ]
    i_34  =  i_12;
    i_10  =  i_34;
  }  // B1
  // BLOCK 6
  return;
}  //  kernel
