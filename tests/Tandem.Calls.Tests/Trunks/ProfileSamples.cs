using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Core.Privacy;

namespace Tandem.Calls.Tests.Trunks;

internal static class ProfileSamples
{
    public static readonly NetAddress ProviderAddress = NetAddress.FromV4(0xCB007101, 5060);
    public static readonly NetAddress SecondAddress = NetAddress.FromV4(0xCB007102, 5060);

    /// <summary>A profile at 203.0.113.1 with the user <c>ada</c> and the password <c>secret-ada</c>.</summary>
    public static SipProfile Profile(string id = "p1") => new()
    {
        Id = new ProfileId(id),
        Tenant = TenantId.Default,
        Name = "carrier " + id,
        Server = "203.0.113.1",
        UserName = "ada",
        Password = new Secret("secret-ada"),
        Domain = "provider.test",
        Token = "token" + id,
    };
}
