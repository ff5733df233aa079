/// Points and octrees: transformations, files, building, merging, and the tables and queries that
/// networks need.
///
/// A scan becomes [Points][org.octolift.engine.octree.Points], the
/// [builder][org.octolift.engine.octree.OctreeBuilder] makes an
/// [Octree][org.octolift.engine.octree.Octree] of them, and the octrees of a step are merged to an
/// [OctreeBatch][org.octolift.engine.octree.OctreeBatch]. Depth 0 is the root; coordinates lie in
/// the cube -1 ≤ p < 1; nodes are numbered in the order of their keys. Results equal those of O-CNN
/// bit for bit and do not depend on the number of threads.
package org.octolift.engine.octree;
