/// What is in a file, and what memory a network will take.
package org.octolift.apps.inspect;
