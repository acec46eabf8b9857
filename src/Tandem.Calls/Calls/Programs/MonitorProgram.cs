using System.Security.Cryptography;
using System.Text;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Routing;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Calls.Programs;

/// <summary>
/// The person monitors the calls of an agent. Keys: 0 listen, 1 whisper to the agent, 2 speak to the other party, 3 speak to both, # take the call over,
/// * leave. By telephone only the supervisors of the tenant may, with their PIN where one is set.
/// </summary>
internal sealed class MonitorProgram(ExchangeService.Monitor order) : ICallProgram
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    public CallEnding? Prepare(ServedCall person)
    {
        if (order.IsGranted || (OwnPhone.NumberOf(person) is { } number && RulesOf(person).Supervisors.Contains(number)))
            return null;

        Refused(person, "no supervisor");
        return CallEnding.For(EndReason.Forbidden, CallSide.Exchange, person.Call.IsAnswered, "Not a supervisor");
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var rules = RulesOf(person);
        if (!order.IsGranted && rules.Pin is { } pin && !await AskAsync(person, pin.Reveal()))
        {
            if (person.IsGone)
                return null;

            Refused(person, "wrong PIN");
            await person.PlayAsync(Prompt.Error);
            return CallEnding.For(EndReason.Forbidden, CallSide.Exchange, answered: true, "Wrong PIN");
        }

        if (person.IsGone)
            return null;

        var call = person.Call;
        var begin = new MonitorSnapshot(
            person.Tenant, call.Model.Id, person.Leg.Number, order.Agent, order.Call, order.Mode, order.Follows, call.Environment.WallClock.ToUtc(call.Now));
        var monitor = new CallMonitor(person, begin, rules);
        person.AtEnd(() => monitor.Close(MonitorEventKind.Ended));
        if (!await monitor.BeginAsync(order.Call))
        {
            await person.PlayAsync(Prompt.Error);
            return CallEnding.For(EndReason.NotFound, CallSide.Exchange, answered: true, "The agent talks to nobody");
        }

        return await WatchAsync(person, monitor);
    }

    private static async ValueTask<CallEnding?> WatchAsync(ServedCall person, CallMonitor monitor)
    {
        while (await person.KeyAsync(Forever) is { } key)
        {
            switch (key)
            {
                case '0':
                    monitor.Change(MonitorMode.Listen);
                    break;
                case '1':
                    monitor.Change(MonitorMode.Whisper);
                    break;
                case '2':
                    monitor.Change(MonitorMode.Other);
                    break;
                case '3':
                    monitor.Change(MonitorMode.Barge);
                    break;
                case '#' when await TakeOverAsync(person, monitor):
                    return await person.TalkAsync();
                case '*':
                    return null;
                default:
                    break;
            }
        }

        return null;
    }

    // The supervisor calls the agent's dialog with Replaces (RFC 3891): the other party comes over, and the agent gets BYE.
    private static async ValueTask<bool> TakeOverAsync(ServedCall person, CallMonitor monitor)
    {
        var at = monitor.Snapshot.Call;
        if (await monitor.PlaceAsync() is not { } place || at is not { } call || person.IsGone)
        {
            await TellErrorAsync(person, monitor);
            return false;
        }

        monitor.Detach();
        var (decision, addressing) = person.Call.Environment.Transfers.TakePlace(person.Tenant, person.Leg.Number, place.Number, place.Leaving);
        var outcome = await person.ConnectAsync(decision, new ConnectOrder { Number = place.Number, Meanwhile = null, Addressing = addressing });
        if (outcome.IsConnected)
        {
            monitor.Close(MonitorEventKind.TakenOver, call.Value);
            return true;
        }

        if (!person.IsGone && !await monitor.ReturnAsync(call))
            person.Call.HangUp(EndReason.Completed);
        await TellErrorAsync(person, monitor);
        return false;
    }

    private static async ValueTask TellErrorAsync(ServedCall person, CallMonitor monitor)
    {
        await person.PlayAsync(Prompt.Error);
        monitor.Listen();
    }

    private static async ValueTask<bool> AskAsync(ServedCall person, string pin)
    {
        var monitors = person.Call.Environment.Monitors;
        var (pins, own) = (monitors.Pins, person.Leg.Number);
        for (var attempt = 0; attempt < monitors.Options.PinTries && !person.IsGone; attempt++)
        {
            var typed = await person.ReadAsync(new ReadOrder { Prompt = attempt == 0 ? Prompt.Beep : Prompt.Error, Max = pin.Length });
            if (typed.Length == 0)
                continue;
            if (!pins.TryGuess(person.Tenant, own, person.Call.Now))
                return false;
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(typed), Encoding.UTF8.GetBytes(pin)))
            {
                pins.Right(person.Tenant, own);
                return true;
            }
        }

        return false;
    }

    private static MonitorRules RulesOf(ServedCall person) => person.Call.Environment.MonitorRules.Of(person.Tenant);

    private void Refused(ServedCall person, string why)
    {
        var environment = person.Call.Environment;
        environment.Events.Publish(new MonitorEvent(
            person.Tenant, MonitorEventKind.Refused, person.Leg.Number, person.Call.Model.Id, order.Agent, order.Call, order.Mode, why, environment.WallClock.ToUtc(environment.Now)));
    }
}
