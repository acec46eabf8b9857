using System.Text;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Sip.Authentication;

namespace Tandem.Calls.Security;

/// <summary>
/// Shows the extensions of the tenant of a request to digest authentication, and remembers the one that was asked for last. One
/// instance serves a shard.
/// </summary>
internal sealed class ExtensionUsers(IExtensionDirectory directory) : IDigestUsers
{
    /// <summary>The extension of the last <see cref="TryFind"/>; null when it found none.</summary>
    public Extension? Found { get; private set; }

    /// <summary>The tenant of the request in hand; null for one that is disabled, which has no users.</summary>
    public TenantId? Tenant { get; private set; }

    /// <summary>Forgets the last extension, before the next request.</summary>
    public void Enter(TenantId? tenant)
    {
        Tenant = tenant;
        Found = null;
    }

    /// <summary>An enabled extension; to everybody outside a disabled one looks like one that does not exist.</summary>
    public Extension? Find(string number) => Tenant is { } tenant && directory.Find(tenant, number) is { Enabled: true } extension ? extension : null;

    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> name, out DigestUser user)
    {
        Found = Find(Encoding.UTF8.GetString(name));
        if (Found is not { } extension)
        {
            user = default;
            return false;
        }

        var algorithms = extension.Algorithms.Length > 0 && DigestAlgorithms.TryParse(extension.Algorithms, out var own) ? own : null;
        user = new DigestUser(extension.Number, extension.Secret, algorithms);
        return true;
    }
}
