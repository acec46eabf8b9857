using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Storage;

namespace Tandem.Server.Options;

/// <summary>Numbers that lead somewhere before the dialplan looks at what a tenant has there; what holds within the tables is checked where it is saved.</summary>
public static class ReservedNumbers
{
    /// <summary>A queue may have the number.</summary>
    /// <exception cref="NumberTakenException">It is a feature code of the installation, or a number for emergencies of the tenant, which a queue would hide.</exception>
    public static void CheckQueue(TandemOptions options, TandemStorage storage, TenantId tenant, string number) => CheckExtension(options, storage, tenant, number);

    /// <summary>An extension may have the number.</summary>
    /// <exception cref="NumberTakenException">It is a feature code of the installation, or a number for emergencies of the tenant, behind which nobody could dial it.</exception>
    public static void CheckExtension(TandemOptions options, TandemStorage storage, TenantId tenant, string number)
    {
        if (storage.TollPolicies.Of(tenant).AlwaysAllowed.Contains(number))
            throw new NumberTakenException(number, "calls for help (alwaysAllowed of the toll guard)");
        if (FeatureCodes.IsCode(number, options.Calls, options.Routing.Codes))
            throw new NumberTakenException(number, "a feature code of the installation");
    }
}
