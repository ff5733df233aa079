package org.octolift.engine.octree;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The voxels around points and their weights in trilinear interpolation.
///
/// @param index voxel of each of the eight corners, x slowest, (points, 8); -1 = none
/// @param weights their weights, (points, 8): 0 where there is no voxel, otherwise of sum 1
public record LinearWeights(IntArray index, FloatArray weights) {}
