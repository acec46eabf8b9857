namespace Tandem.Media.Native;

/// <summary>One library of the system that the media room calls, for the start page. Immutable.</summary>
/// <param name="FileName">The name that the dynamic linker looks for (soname).</param>
/// <param name="Package">The package of Debian that holds it.</param>
/// <param name="Purpose">What it is needed for, in words of the user.</param>
/// <param name="IsAvailable">It was found, and it has the functions that we call.</param>
public sealed record NativeLibraryStatus(string FileName, string Package, string Purpose, bool IsAvailable);
