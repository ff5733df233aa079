/// Small networks that label the pixels of images, to be trained here.
package org.octolift.nn.models.image;
