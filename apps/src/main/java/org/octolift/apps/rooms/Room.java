package org.octolift.apps.rooms;

import java.util.List;
import java.util.Map;
import org.octolift.apps.data.Scan;

/// A generated room and the scan of it.
///
/// @param seed that made it
/// @param type of the room
/// @param scene the exact room, for rendering further views
/// @param cameras exact poses of the views that the scan was fused from
/// @param objects number of objects of each class in the room, seen or not
/// @param scan what the scanner delivered: points with normals, colours and labels
public record Room(
    long seed,
    RoomType type,
    Scene scene,
    List<Camera> cameras,
    Map<RoomClass, Integer> objects,
    Scan scan) {}
