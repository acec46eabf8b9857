namespace Tandem.Sip.Tests.Torture;

/// <summary>The messages of RFC 4475 (bit-exact, from its Appendix A) and of RFC 5118 (names that start with <c>ipv6-</c>).</summary>
internal static class TortureSamples
{
    public static IEnumerable<string> Names { get; } =
        [.. typeof(TortureSamples).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".dat", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static byte[] Read(string name)
    {
        using var stream = typeof(TortureSamples).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"no sample {name}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
