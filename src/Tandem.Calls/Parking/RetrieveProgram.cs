using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Parking;

/// <summary>The person gets the call that is parked in a slot. Of two who want it one gets it, and the other hears busy.</summary>
internal sealed class RetrieveProgram(string slot) : ICallProgram
{
    private WaitingPerson? _waiting;

    public CallEnding? Prepare(ServedCall person)
    {
        var isAnswered = person.Call.IsAnswered;
        if (OwnPhone.NumberOf(person) is null || WaitingPerson.Open(person) is not { } waiting)
            return CallEnding.For(EndReason.Forbidden, CallSide.Exchange, isAnswered, "Only a phone of the tenant retrieves");

        _waiting = waiting;
        return person.Call.Environment.Parking.TryClaim(person.Tenant, slot, waiting) switch
        {
            null => CallEnding.For(EndReason.NotFound, CallSide.Exchange, isAnswered, "Nobody is parked there"),
            false => CallEnding.For(EndReason.Busy, CallSide.Exchange, isAnswered, "Somebody else retrieves this call"),
            true => null,
        };
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        if (await _waiting!.FetchedAsync())
            return null;

        await person.PlayAsync(Prompt.Error);
        return CallEnding.For(EndReason.NotFound, CallSide.Exchange, answered: true, "The parked call has gone");
    }
}
