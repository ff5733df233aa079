package org.octolift.apps.data.rgbd;

import java.nio.file.Path;

/// A colour image and the depth image that belongs to it pixel by pixel.
///
/// @param name what the cloud will be called: the colour file's name without its extension
/// @param colour colour image
/// @param depth depth image
/// @param pose where the camera stood
public record RgbdFrame(String name, Path colour, Path depth, Pose pose) {}
