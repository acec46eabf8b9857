using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;

namespace Tandem.Testing.Exchange;

/// <summary>Extensions 100 to 110 with names and the secret <c>secret-NUMBER</c>.</summary>
public sealed class FakeExtensions : IExtensionDirectory
{
    private static readonly string[] Names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim"];

    public Extension? Find(TenantId tenant, string number) =>
        int.TryParse(number, out var n) && n is >= 100 and <= 110 && number.Length == 3
            ? new Extension(tenant, number, new Secret("secret-" + number), Names[n - 100])
            : null;
}
