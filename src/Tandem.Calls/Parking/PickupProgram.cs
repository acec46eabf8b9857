using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Core.Loops;

namespace Tandem.Calls.Parking;

/// <summary>
/// The person takes a call that rings at another phone: at a number that he dialled, or at any of his pickup group. The phones that ring hear that it was completed elsewhere.
/// </summary>
/// <param name="number">The number; null for the group.</param>
internal sealed class PickupProgram(string? number) : ICallProgram
{
    private IReadOnlyList<LiveCall> _calls = [];
    private Func<string, bool> _mayTake = static _ => false;

    public CallEnding? Prepare(ServedCall person)
    {
        var call = person.Call;
        if (OwnPhone.NumberOf(person) is not { } own)
            return CallEnding.For(EndReason.Forbidden, CallSide.Exchange, call.IsAnswered, "Only a phone of the tenant picks up");

        var router = call.Environment.Router;
        var group = router.PickupGroupOf(person.Tenant, own);
        if (number is null ? group is null : !MayTake(call, person, own, group))
            return CallEnding.For(EndReason.Forbidden, CallSide.Exchange, call.IsAnswered, number is null ? "The extension is in no pickup group" : "The extension may not pick up calls of this number");

        _mayTake = number is { } wanted ? rings => rings == wanted : rings => router.PickupGroupOf(person.Tenant, rings) == group;
        _calls = Pickups.Find(call.Environment.Calls, person.Tenant, own, _mayTake);
        return _calls.Count > 0 ? null : CallEnding.For(EndReason.NotFound, CallSide.Exchange, call.IsAnswered, "Nothing rings there");
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        if (WaitingPerson.Open(person) is { } waiting)
        {
            foreach (var call in _calls)
            {
                waiting.Into = call.Model.Id;
                if (person.IsGone || (await TakeAsync(person, call, waiting) && await waiting.FetchedAsync()))
                    return null;
            }
        }

        await person.PlayAsync(Prompt.Error);
        return CallEnding.For(EndReason.NotFound, CallSide.Exchange, answered: true, "Nothing rings there any more");
    }

    private bool MayTake(LiveCall call, ServedCall person, string own, string? group) => number == own || call.Environment.Parking.Options.DirectedPickup switch
    {
        PickupRights.Tenant => true,
        PickupRights.Group => group is not null && call.Environment.Router.PickupGroupOf(person.Tenant, number!) == group,
        _ => false,
    };

    // The call lives on a shard of its own, which says whether it still rings.
    private async ValueTask<bool> TakeAsync(ServedCall person, LiveCall call, WaitingPerson waiting)
    {
        var taken = new Signal<bool>();
        var home = person.Call.Environment;
        call.Environment.PostToShard(() =>
        {
            var isTaken = Pickups.TryTake(call, waiting, _mayTake);
            home.PostToShard(() => taken.TrySet(isTaken));
        });
        return await taken.WaitAsync();
    }
}
