#pragma OPENCL EXTENSION cl_khr_fp64 : enable  
#pragma OPENCL EXTENSION cl_khr_fp16 : enable  
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable  
__kernel void crossEntropyRows(__global long *_kernel_context, __constant uchar *_constant_region, __local uchar *_local_region, __global int *_atomics, __global uchar *rowLosses, __global uchar *logits, __global uchar *labels, __global uchar *counts, __private int slot, __private int classes, __private int capacity, __private int ignoreUpTo)
{
  bool b_10, b_47, b_62, b_16; 
  float f_43, f_42, f_45, f_44, f_17, f_53, f_55, f_54, f_24, f_56, f_27, f_63, f_33, f_34, f_36; 
  int i_26, i_25, i_57, i_28, i_35, i_64, i_6, i_7, i_4, i_37, i_69, i_8, i_9, i_46, i_15, i_18, i_19, i_48; 
  long l_60, l_29, l_58, l_59, l_65, l_30, l_31, l_20, l_21, l_50, l_51, l_22, l_12, l_13, l_11, l_49, l_66, l_67, l_40, l_38, l_39; 
  ulong ul_23, ul_41, ul_61, ul_14, ul_0, ul_32, ul_1, ul_2, ul_3, ul_52, ul_68, ul_5; 

  // BLOCK 0
  ul_0  =  (ulong) rowLosses;
  ul_1  =  (ulong) logits;
  ul_2  =  (ulong) labels;
  ul_3  =  (ulong) counts;
  i_4  =  get_global_size(0);
  ul_5  =  ul_3 + 24L;
  i_6  =  get_global_id(0);
  // BLOCK 1 MERGES [0 19 ]
  i_7  =  i_6;
  for(;i_7 < 112;)
  {
    // BLOCK 2
    i_8  =  *((__global int *) ul_5);
    i_9  =  i_4 + i_7;
    b_10  =  i_7 < i_8;
    if(b_10)
    {
      // BLOCK 3
      l_11  =  (long) i_7;
      l_12  =  l_11 + 4L;
      l_13  =  l_12 << 2;
      ul_14  =  ul_2 + l_13;
      i_15  =  *((__global int *) ul_14);
      b_16  =  i_15 < 1;
      if(b_16)
      {
        // BLOCK 4
        f_17  =  0.0F;
      }  // B3
      else
      {
        // BLOCK 5
        i_18  =  i_7 << 2;
        i_19  =  i_18 + i_7;
        l_20  =  (long) i_19;
        l_21  =  l_20 + 4L;
        l_22  =  l_21 << 2;
        ul_23  =  ul_1 + l_22;
        f_24  =  *((__global float *) ul_23);
        i_25  =  i_19 + 1;
        i_26  =  i_19 + 5;
        // BLOCK 6 MERGES [5 7 ]
        f_27  =  f_24;
        i_28  =  i_25;
        for(;i_28 < i_26;)
        {
          // BLOCK 7
          l_29  =  (long) i_28;
          l_30  =  l_29 + 4L;
          l_31  =  l_30 << 2;
          ul_32  =  ul_1 + l_31;
          f_33  =  *((__global float *) ul_32);
          f_34  =  fmax(f_27, f_33);
          i_35  =  i_28 + 1;
          f_27  =  f_34;
          i_28  =  i_35;
        }  // B6
        // BLOCK 8
        // BLOCK 9 MERGES [8 10 ]
        f_36  =  0.0F;
        i_37  =  i_19;
        for(;i_37 < i_26;)
        {
          // BLOCK 10
          l_38  =  (long) i_37;
          l_39  =  l_38 + 4L;
          l_40  =  l_39 << 2;
          ul_41  =  ul_1 + l_40;
          f_42  =  *((__global float *) ul_41);
          f_43  =  f_42 - f_27;
          f_44  =  exp(f_43);
          f_45  =  f_36 + f_44;
          i_46  =  i_37 + 1;
          f_36  =  f_45;
          i_37  =  i_46;
        }  // B9
        // BLOCK 11
        b_47  =  i_15 >= 0 && i_15 < 5;
        if(b_47)
        {
          // BLOCK 12
          i_48  =  i_15 + i_19;
          l_49  =  (long) i_48;
          l_50  =  l_49 + 4L;
          l_51  =  l_50 << 2;
          ul_52  =  ul_1 + l_51;
          f_53  =  *((__global float *) ul_52);
          f_54  =  log(f_36);
          f_55  =  f_53 - f_27;
          f_56  =  f_54 - f_55;
          f_17  =  f_56;
        }  // B11
        else
        {
          // BLOCK 13
          f_17  =  NaNF;
        }  // B11
      }  // B3
      // BLOCK 14 MERGES [4 12 13 ]
      i_57  =  i_7 << 1;
      l_58  =  (long) i_57;
      l_59  =  l_58 + 4L;
      l_60  =  l_59 << 2;
      ul_61  =  ul_0 + l_60;
      *((__global float *) ul_61)  =  f_17;
      b_62  =  i_15 < 1;
      if(b_62)
      {
        // BLOCK 15
        f_63  =  0.0F;
      }  // B14
      else
      {
        // BLOCK 16
        f_63  =  1.0F;
      }  // B14
      // BLOCK 17 MERGES [16 15 ]
      i_64  =  i_57 + 1;
      l_65  =  (long) i_64;
      l_66  =  l_65 + 4L;
      l_67  =  l_66 << 2;
      ul_68  =  ul_0 + l_67;
      *((__global float *) ul_68)  =  f_63;
    }  // B2
    else
    {
      // BLOCK 18
    }  // B2
    // BLOCK 19 MERGES [18 17 ]
    i_69  =  i_9;
    i_7  =  i_69;
  }  // B1
  // BLOCK 20
  return;
}  //  kernel
