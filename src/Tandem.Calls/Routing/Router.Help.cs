using Tandem.Calls.Tenants;

namespace Tandem.Calls.Routing;

/// <content>Calls for help.</content>
internal sealed partial class Router
{
    /// <summary>True for a short code that the toll guard never stops: 112.</summary>
    public bool IsEmergency(TenantId tenant, string number) => environment.Trunks.IsEmergency(tenant, number);

    /// <summary>What was dialled; a number for help in its digits, however the phone writes it.</summary>
    public string Dialled(TenantId tenant, string called) =>
        ShortNumber.TryRead(called, out var digits) && IsEmergency(tenant, digits) ? digits : called;

    /// <summary>
    /// True when a number is for help, or a rule makes one of it (<c>0112</c> without its 0): for those who dial a number that somebody else has shown. Anybody can show such a one.
    /// </summary>
    public bool LeadsToHelp(in RouteRequest request)
    {
        var number = request.To is Destination.Number to ? to.Digits : request.Called;
        if (IsEmergency(request.Tenant, Dialled(request.Tenant, number)))
            return true;

        foreach (var step in Plan(request).Steps)
        {
            if (step.Decision is DialDecision.Trunk trunk && trunk.Routes.Any(environment.Trunks.IsForHelp))
                return true;
        }

        return false;
    }
}
