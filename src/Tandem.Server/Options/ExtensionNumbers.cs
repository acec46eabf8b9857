using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Options;

/// <summary>Which numbers the extensions of a tenant may have: EXT_MIN to EXT_MAX in the default tenant, in the others any short number.</summary>
public static class ExtensionNumbers
{
    private const int Shortest = 2;
    private const int Longest = 15;

    /// <summary>True for a number that an extension of the tenant may have.</summary>
    public static bool IsAccepted(TandemOptions options, TenantId tenant, string number) => tenant == TenantId.Default
        ? new ExtensionRange(options.Calls.FirstExtension, options.Calls.LastExtension).Contains(number)
        : number.Length is >= Shortest and <= Longest && number.All(char.IsAsciiDigit);

    /// <summary>The same in words.</summary>
    public static string Accepted(TandemOptions options, TenantId tenant) => tenant == TenantId.Default
        ? $"a number from EXT_MIN={options.Server.ExtMin} to EXT_MAX={options.Server.ExtMax}"
        : $"{Shortest} to {Longest} digits";
}
