package org.octolift.engine.octree;

/// How badly one averaged plane stands for the leaves below each non-empty node of a depth.
///
/// @param normal mean squared deviation of the leaves' normals
/// @param distance greatest distance between the plane's part in the node and the leaves' mean
/// points, either way, in finest voxels
record NodeErrors(float[] normal, float[] distance) {}
