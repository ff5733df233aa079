/// Neighbour search, normals and voxel grids of point clouds.
package org.octolift.apps.data.geometry;
