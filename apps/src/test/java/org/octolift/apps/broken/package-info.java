/// Classes that break the rules of the architecture on purpose, each the one that its name says, in
/// packages named like those that the rules are for. They show that the rules notice.
package org.octolift.apps.broken;
