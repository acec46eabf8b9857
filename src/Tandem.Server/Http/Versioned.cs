using System.Security.Cryptography;
using System.Text.Json;

namespace Tandem.Server.Http;

/// <summary>Marks a route of one thing of the configuration: it tells an ETag and heeds If-Match.</summary>
public sealed class Versioned
{
    public static Versioned Mark { get; } = new();
}

/// <summary>Versions of things that have no counter: a digest of what the API shows of them.</summary>
internal static class ViewVersion
{
    private const int Bytes = 12;

    public static string Of(object view) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(view, view.GetType()))[..Bytes]);
}
