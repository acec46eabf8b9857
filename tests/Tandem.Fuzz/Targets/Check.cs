namespace Tandem.Fuzz.Targets;

/// <summary>An invariant that a target holds.</summary>
internal static class Check
{
    public static void That(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }
}
