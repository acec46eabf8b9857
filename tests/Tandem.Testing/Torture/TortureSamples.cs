using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Tandem.Testing.Torture;

/// <summary>
/// The messages of RFC 4475 and RFC 5118, decoded from the archives that the RFCs carry in their Appendix A: the encoded text is
/// what the tree holds. Names as in the archives; those of RFC 5118 start with <c>ipv6-</c>.
/// </summary>
public static class TortureSamples
{
    private static readonly Dictionary<string, byte[]> All = Load();

    /// <summary>The names in order: 50 of RFC 4475 (<c>test.dat</c> is in its archive only) and 12 of RFC 5118.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// A message to send. Those of RFC 4475 are the archive's bytes. The archive of RFC 5118 was made on a system with bare LF
    /// line ends, three of its bodies are shorter or longer than their Content-Length says, and two heads have no empty
    /// line at their end; the point of those messages is elsewhere, so these three things are put right.
    /// </summary>
    public static byte[] Read(string name) => name.StartsWith("ipv6-", StringComparison.Ordinal) ? Mend(All[name]) : All[name];

    /// <summary>The bytes of the archive, whatever they are.</summary>
    public static byte[] Archived(string name) => All[name];

    private static Dictionary<string, byte[]> Load()
    {
        var all = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, bytes) in Unpack("rfc4475.b64"))
            all.Add(name, bytes);
        foreach (var (name, bytes) in Unpack("rfc5118.b64"))
            all.Add((name.StartsWith("ipv6-", StringComparison.Ordinal) ? "" : "ipv6-") + name + ".dat", bytes);
        return all;
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Unpack(string resource)
    {
        using var stream = typeof(TortureSamples).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"no archive {resource}");
        using var text = new StreamReader(stream);
        using var packed = new MemoryStream(Convert.FromBase64String(text.ReadToEnd()));
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null)
                continue;

            using var content = new MemoryStream();
            entry.DataStream.CopyTo(content);
            yield return (entry.Name[(entry.Name.LastIndexOf('/') + 1)..], content.ToArray());
        }
    }

    private static byte[] Mend(byte[] archived)
    {
        var text = Encoding.UTF8.GetString(archived).Replace("\n", "\r\n", StringComparison.Ordinal);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return Encoding.UTF8.GetBytes(text + "\r\n");

        var head = text[..end].Split("\r\n");
        var body = text[(end + 4)..];
        for (var i = 0; i < head.Length; i++)
        {
            if (head[i].StartsWith("Content-Length:", StringComparison.Ordinal))
                head[i] = $"Content-Length: {Encoding.UTF8.GetByteCount(body)}";
        }

        return Encoding.UTF8.GetBytes(string.Join("\r\n", head) + "\r\n\r\n" + body);
    }
}
