package org.octolift.engine.octree;

/// What the code that builds octrees depends on, beside the numbers of points and nodes.
///
/// @param depth of the finest voxels
/// @param fullDepth down to this depth all nodes exist
/// @param signals what a row of features holds
public record OctreeFormat(int depth, int fullDepth, SignalLayout signals) {}
