using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media.Srtp;
using Tandem.Storage.Security;

namespace Tandem.Storage.Extensions;

/// <summary>A row of <c>extensions</c>.</summary>
internal sealed class ExtensionRow : SealedRow
{
    /// <summary>What extension secrets are sealed for.</summary>
    public const string Purpose = "sip";

    public string Number { get; set; } = "";

    public string DisplayName { get; set; } = "";

    public string Algorithms { get; set; } = "";

    public string Srtp { get; set; } = "";

    public string Codecs { get; set; } = "";

    public long Recorded { get; set; }

    /// <exception cref="StorageException">The secret was sealed with another key.</exception>
    public Extension ToExtension(SecretBox box)
    {
        var tenant = new TenantId(TenantId);
        var secret = Open(box, Number, Purpose, Secret, $"secret of extension {Number}", $"reset the secret (tandem extensions reset-secret {Number})");
        return new Extension(tenant, Number, secret, DisplayName, Algorithms, Enabled != 0)
        {
            Srtp = Enum.TryParse<SrtpPolicy>(Srtp, ignoreCase: true, out var policy) ? policy : null,
            Codecs = Codecs,
            IsRecorded = Recorded != 0,
        };
    }
}
