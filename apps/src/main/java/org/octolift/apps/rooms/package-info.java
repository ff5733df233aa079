/// Furnished rooms that are generated, not scanned: a [org.octolift.apps.rooms.Scene] of
/// primitives with known classes, cameras that see it with occlusion, a depth sensor's errors,
/// and the fusion of such views into a scan as an RGB-D scanner would deliver it.
///
/// The same seed gives the same bytes on every platform: random numbers come from an own
/// SplitMix64, transcendental functions from [StrictMath].
///
/// World frame: metres, z up, the floor at z = 0 and one corner of the room at the origin.
/// Labels are the ScanNet-20 indices of [org.octolift.apps.rooms.RoomClass].
package org.octolift.apps.rooms;
