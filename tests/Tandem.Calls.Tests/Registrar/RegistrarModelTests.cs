using FsCheck;
using FsCheck.Fluent;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>
/// Any sequence of REGISTER requests and pauses, against a model of RFC 3261 §10.3 in a few lines: a dictionary from contact
/// to (Call-ID, CSeq, end).
/// </summary>
public class RegistrarModelTests
{
    private const int MaxContacts = 3;
    private const int MinExpires = 60;

    private enum Action
    {
        Put,
        RemoveAll,
        Query,
        Wait,
    }

    [Fact]
    public void Any_sequence_leaves_the_registrar_like_its_model()
    {
        var contact = from number in Gen.Choose(0, 4)
                      from expires in Gen.Elements(0, 0, 30, 60, 61, 120, 3_600, 100_000)
                      select (Contact: $"sip:100@192.0.2.{number + 1}", Expires: expires);
        var step = from action in Gen.Frequency((6, Gen.Constant(Action.Put)), (1, Gen.Constant(Action.RemoveAll)), (1, Gen.Constant(Action.Query)), (3, Gen.Constant(Action.Wait)))
                   from contacts in contact.NonEmptyListOf().Resize(4)
                   from callId in Gen.Elements("a", "b")
                   from cseq in Gen.Choose(1, 12)
                   from seconds in Gen.Choose(1, 130)
                   select new Step(action, [.. contacts], callId, (uint)cseq, seconds);

        Prop.ForAll(step.ListOf().Resize(40).ToArbitrary(), steps => Run([.. steps])).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    private static void Run(Step[] steps)
    {
        var rig = new RegistrarRig(new RegistrarOptions { MaxContacts = MaxContacts, MinExpiresSeconds = MinExpires, KeepAliveInterval = TimeSpan.Zero });
        var model = new Dictionary<string, Entry>();
        foreach (var step in steps)
        {
            if (step.Action == Action.Wait)
            {
                rig.AdvanceSeconds(step.Seconds);
                foreach (var (gone, _) in model.Where(e => e.Value.End <= rig.UtcNow).ToArray())
                    model.Remove(gone);
            }
            else
            {
                var expected = Expect(step, model, rig.UtcNow);
                var response = rig.RegisterAs("100", step.CallId, (int)step.CSeq, LinesOf(step));
                Assert.Equal(expected, response.Status);
                if (expected == 200)
                    Assert.Equal(Rows(model.Select(e => Line(e, rig.UtcNow))), Rows(response.All("Contact")));
            }

            Compare(rig, model);
        }

        rig.AdvanceSeconds(100_000);
        Assert.Equal(0, rig.Table.Count);
        Assert.Equal(0, rig.Wheel.Count);
        Assert.Empty(rig.Store.Bindings);
    }

    /// <summary>Carries the step out in the model; the status of the response.</summary>
    private static int Expect(Step step, Dictionary<string, Entry> model, DateTimeOffset now)
    {
        bool OutOfOrder(Entry entry) => entry.CallId == step.CallId && step.CSeq <= entry.CSeq;
        switch (step.Action)
        {
            case Action.Query:
                return 200;
            case Action.RemoveAll when model.Values.Any(OutOfOrder):
                return 500;
            case Action.RemoveAll:
                model.Clear();
                return 200;
            default:
                break;
        }

        var next = new Dictionary<string, Entry>(model);
        foreach (var (contact, expires) in step.Contacts)
        {
            if (expires is > 0 and < MinExpires)
                return 423;
            if (model.TryGetValue(contact, out var entry) && OutOfOrder(entry))
                return 500;

            if (expires == 0)
                next.Remove(contact);
            else
                next[contact] = new Entry(step.CallId, step.CSeq, now.AddSeconds(Math.Min(expires, 86_400)));
        }

        if (next.Count > MaxContacts && next.Keys.Except(model.Keys).Any())
            return 403;

        model.Clear();
        foreach (var (contact, entry) in next)
            model.Add(contact, entry);

        return 200;
    }

    private static string[] LinesOf(Step step) => step.Action switch
    {
        Action.RemoveAll => ["Contact: *", "Expires: 0"],
        Action.Query => [],
        _ => [.. step.Contacts.Select(c => $"Contact: <{c.Contact}>;expires={c.Expires}")],
    };

    private static string Line(KeyValuePair<string, Entry> entry, DateTimeOffset now) =>
        $"<{entry.Key}>;expires={(int)(entry.Value.End - now).TotalSeconds}";

    /// <summary>Table, store, timers and counters all say what the model says.</summary>
    private static void Compare(RegistrarRig rig, Dictionary<string, Entry> model)
    {
        var expected = Rows(model.Select(e => Row(e.Key, e.Value.CallId, e.Value.CSeq, e.Value.End)));
        Assert.Equal(expected, Rows(rig.Lookup().Select(Row)));
        Assert.Equal(expected, Rows(rig.Store.Bindings.Select(Row)));
        Assert.Equal(model.Count, rig.Table.Count);
        Assert.Equal(model.Count, rig.Table.All(TenantId.Default).Count);
        var counters = rig.Service.Counters;
        Assert.Equal(model.Count, counters.Registered - counters.Removed - counters.Expired);
    }

    private static string Rows(IEnumerable<string> rows) => string.Join('\n', rows.Order(StringComparer.Ordinal));

    private static string Row(Binding b) => Row(b.ContactUri, b.RegisterCallId, b.RegisterCSeq, b.ExpiresAt);

    private static string Row(string contact, string callId, uint cseq, DateTimeOffset end) => $"{contact} {callId} {cseq} {end:O}";

    private readonly record struct Entry(string CallId, uint CSeq, DateTimeOffset End);

    private sealed record Step(Action Action, (string Contact, int Expires)[] Contacts, string CallId, uint CSeq, int Seconds)
    {
        public override string ToString() => Action == Action.Wait
            ? $"wait {Seconds}"
            : $"{Action} {CallId}/{CSeq} {string.Join(' ', Contacts.Select(c => $"{c.Contact};{c.Expires}"))}";
    }
}
