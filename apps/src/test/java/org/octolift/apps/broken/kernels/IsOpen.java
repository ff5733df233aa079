package org.octolift.apps.broken.kernels;

/// Neither final nor without a constructor.
public class IsOpen {}
