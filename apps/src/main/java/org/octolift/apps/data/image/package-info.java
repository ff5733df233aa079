/// Colour and depth images as the RGB-D tools need them.
package org.octolift.apps.data.image;
