using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;

namespace Tandem.Testing.Exchange;

/// <summary>Extensions 100 to 109 with names and the secret <c>secret-NUMBER</c>.</summary>
public sealed class FakeExtensions : IExtensionDirectory
{
    private static readonly string[] Names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim"];

    private readonly Dictionary<string, Func<Extension, Extension>> _changes = [];

    /// <summary>Looking up this number throws, as a directory with a fault would.</summary>
    public const string Broken = "110";

    /// <summary>Numbers that were removed.</summary>
    public HashSet<string> Removed { get; } = [];

    public Extension? Find(TenantId tenant, string number) =>
        number == Broken ? throw new InvalidOperationException("broken on purpose")
        : int.TryParse(number, out var n) && n is >= 100 and < 110 && number.Length == 3 && !Removed.Contains(number)
            ? _changes.GetValueOrDefault(number, Unchanged)(new Extension(tenant, number, new Secret("secret-" + number), Names[n - 100]))
            : null;

    /// <summary>Gives a number other properties from now on.</summary>
    public void Change(string number, Func<Extension, Extension> change) => _changes[number] = change;

    private static Extension Unchanged(Extension extension) => extension;
}
