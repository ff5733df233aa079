/// Soft labels of images: what a 2-D teacher network says about each pixel, stored and read.
package org.octolift.apps.softlabel;
