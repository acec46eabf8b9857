namespace Tandem.Calls.Tests.Calls;

/// <summary>Tests that measure the memory of the process run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryTestsAlone
{
    public const string Name = "memory of the process";
}
