/// Point clouds from colour and depth images. Camera frame: x right, y down, z forward, metres.
package org.octolift.apps.data.rgbd;
