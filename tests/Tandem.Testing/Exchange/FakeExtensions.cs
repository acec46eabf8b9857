using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;

namespace Tandem.Testing.Exchange;

/// <summary>Extensions 100 to 109, and those that a test adds, with names and the secret <c>secret-NUMBER</c>.</summary>
public sealed class FakeExtensions : IExtensionDirectory
{
    private static readonly string[] Names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim"];

    // A directory keeps what it has read: a lookup makes nothing.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(TenantId Tenant, string Number), Extension> _extensions = new();

    /// <summary>Looking up this number throws, as a directory with a fault would.</summary>
    public const string Broken = "110";

    /// <summary>Numbers that were removed.</summary>
    public HashSet<string> Removed { get; } = [];

    /// <summary>Numbers beside 100 to 109; the range of the exchange must have them.</summary>
    public HashSet<string> Added { get; } = [];

    public Extension? Find(TenantId tenant, string number) =>
        number == Broken ? throw new InvalidOperationException("broken on purpose")
        : int.TryParse(number, out var n) && ((n is >= 100 and < 110 && number.Length == 3) || Added.Contains(number)) && !Removed.Contains(number)
            ? Get(tenant, number, n)
            : null;

    /// <summary>Gives a number other properties from now on.</summary>
    public void Change(string number, Func<Extension, Extension> change) =>
        _extensions[(TenantId.Default, number)] = change(Find(TenantId.Default, number)!);

    private Extension Get(TenantId tenant, string number, int n) => _extensions.TryGetValue((tenant, number), out var known)
        ? known
        : _extensions.GetOrAdd((tenant, number), new Extension(tenant, number, new Secret("secret-" + number), n < 110 ? Names[n - 100] : "Lou"));
}
