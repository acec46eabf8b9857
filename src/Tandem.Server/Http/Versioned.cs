using System.Security.Cryptography;
using System.Text.Json;

namespace Tandem.Server.Http;

/// <summary>Marks a route of one thing of the configuration: it tells an ETag and heeds If-Match.</summary>
public sealed class Versioned
{
    public static Versioned Mark { get; } = new();
}

/// <summary>Turns: of two requests that change the same thing the second looks at its version when the first is done. Bounded; two things may share a turn.</summary>
internal static class VersionTurns
{
    private const int Count = 64;

    private static readonly SemaphoreSlim[] Turns = [.. Enumerable.Range(0, Count).Select(_ => new SemaphoreSlim(1, 1))];

    public static SemaphoreSlim Of(HttpContext context, Identity? who) =>
        Turns[(HashCode.Combine(who?.Tenant.Value, context.Request.Path.Value) & int.MaxValue) % Count];
}

/// <summary>Versions of things that have no counter: a digest of what the API shows of them.</summary>
internal static class ViewVersion
{
    private const int Bytes = 12;

    public static string Of(object view) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(view, view.GetType()))[..Bytes]);
}
