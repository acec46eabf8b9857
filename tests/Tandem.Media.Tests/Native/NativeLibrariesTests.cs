using Tandem.Media.Native;

namespace Tandem.Media.Tests.Native;

public class NativeLibrariesTests
{
    // ./test installs them all.
    [Fact]
    public void The_libraries_are_found() => Assert.All(NativeLibraries.All, library => Assert.True(library.IsAvailable, library.FileName));

    [Fact]
    public void A_library_that_is_not_there_is_absent_without_an_exception()
    {
        Assert.False(NativeLibraries.Look("libtandem-absent.so.7", "-", "-").IsAvailable);
        Assert.False(NativeLibraries.Look(NativeLibraries.Gsm, "-", "-", "gsm_encode", "no_such_function").IsAvailable);
        Assert.False(NativeLibraries.IsAvailable("libtandem-absent.so.7"));
    }
}
