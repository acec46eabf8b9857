using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Parking;

/// <summary>
/// A person who is connected to the exchange and waits for another call to fetch him: that call dials his dialog with Replaces (RFC 3891) over the internal
/// flow, from whatever shard, and his leg goes there by a re-INVITE. No phone can ask for it.
/// </summary>
internal sealed class WaitingPerson
{
    private readonly ServedCall _person;

    private WaitingPerson(ServedCall person, DialogName dialog)
    {
        _person = person;
        Dialog = dialog;
    }

    /// <summary>His dialog.</summary>
    public DialogName Dialog { get; }

    /// <summary>His number.</summary>
    public string Number => _person.Leg.Number;

    /// <summary>Where his phone is.</summary>
    public string Address => _person.Call.Model.Snapshot.CallerAddress;

    /// <summary>The call that fetches him, as the world sees it: no other one may meanwhile. Null for none.</summary>
    public CallId? Into { get; set; }

    private bool IsRefused { get; set; }

    /// <summary>He may be fetched from now on; null when he has no dialog. On his shard.</summary>
    public static WaitingPerson? Open(ServedCall person)
    {
        if (person.Leg.Dialog is not { } dialog)
            return null;

        return (person.Call.Control ??= new CallControl(person.Call)).Waiting = new WaitingPerson(person, DialogName.Of(dialog));
    }

    /// <summary>The call that was to fetch him does not: another one may; from any thread.</summary>
    public void Release() => _person.Call.Environment.PostToShard(() => Into = null);

    /// <summary>He is not fetched, after all; from any thread.</summary>
    public void Fail() => _person.Call.Environment.PostToShard(() =>
    {
        IsRefused = true;
        _person.Wake();
    });

    /// <summary>Waits till he is fetched: true then, or when he has gone by himself; false when nobody fetches him. On his shard.</summary>
    public async ValueTask<bool> FetchedAsync()
    {
        var due = _person.Call.Now + _person.Call.Environment.Parking.Options.FetchLimit;
        while (!_person.IsGone && !IsRefused && _person.Call.Now < due)
            await _person.ListenAsync(null, due - _person.Call.Now, () => IsRefused);
        IsRefused = false;
        return _person.IsGone;
    }
}
