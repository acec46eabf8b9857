using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>A caller is led through a flow.</summary>
/// <param name="services">Where the flows are; null for none.</param>
/// <param name="id">Which one.</param>
internal sealed class IvrProgram(IvrServices? services, string id) : ICallProgram
{
    private IvrFlow? _flow;

    public CallEnding? Prepare(ServedCall person)
    {
        _flow = services?.Flows.Find(person.Tenant, id);
        return _flow is null ? CallEnding.For(EndReason.NotFound, CallSide.Exchange, person.Call.IsAnswered, $"There is no flow {id}") : null;
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        services!.Counters.CountRun();
        var tenant = person.Tenant;
        var caller = new IvrCaller(person, services, person.Call.Environment.FindTenant(tenant));
        await new IvrRun(_flow!, caller, flow => services.Flows.Find(tenant, flow), services.Options).RunAsync();
        return caller.Ending;
    }
}
