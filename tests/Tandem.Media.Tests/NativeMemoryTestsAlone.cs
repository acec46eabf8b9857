namespace Tandem.Media.Tests;

/// <summary>Tests that measure the native memory of the process run while no other test does: coders, handshakes and sockets of others are in it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NativeMemoryTestsAlone
{
    public const string Name = "native memory of the process";
}
