using System.Globalization;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Recordings;

/// <summary>
/// Links to recordings that open without signing in, until they expire: tenant, recording, and the time sealed with the key of the
/// installation, so that nobody makes one or changes its time.
/// </summary>
public sealed class RecordingLinks
{
    private const string Purpose = "recording-link";
    private const int Longest = 512;

    private readonly SecretBox _box;

    internal RecordingLinks(SecretBox box) => _box = box;

    /// <summary>A link as one segment of a path: <c>TENANT.ID.SEAL</c>.</summary>
    public string Make(TenantId tenant, string id, DateTimeOffset expires)
    {
        var seal = _box.Seal(tenant, id, Purpose, new Secret(expires.ToStored().ToString(CultureInfo.InvariantCulture)));
        return $"{Uri.EscapeDataString(tenant.Value)}.{id}.{seal.TrimEnd('=').Replace('+', '-').Replace('/', '_')}";
    }

    /// <summary>What a link leads to; null when it is none of ours, or was changed, or has expired.</summary>
    public (TenantId Tenant, string Id)? Read(string link, DateTimeOffset now)
    {
        var parts = link.Length > Longest ? [] : link.Split('.');
        if (parts.Length != 3)
            return null;

        var tenant = new TenantId(Uri.UnescapeDataString(parts[0]));
        var seal = parts[2].Replace('-', '+').Replace('_', '/');
        seal = seal.PadRight((seal.Length + 3) / 4 * 4, '=');
        return _box.TryUnseal(tenant, parts[1], Purpose, seal)?.Reveal() is { } text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && now < expires.ToTime()
            ? (tenant, parts[1])
            : null;
    }
}
