using System.Text;

namespace Tandem.Load.Sip;

/// <summary>
/// REGISTER, the challenge, REGISTER with credentials, 200. Each number has its own Call-ID, contact and link. In a wave (a total is set) everybody
/// has to come through, as phones do: who gets 503 comes again when Retry-After says, who gets no answer asks again. Otherwise both are failures.
/// </summary>
internal sealed class RegisterScenario : Scenario
{
    private const double Patience = 4e6;
    private const double LongestRest = 60e6;

    private readonly IReadOnlyList<Link> _links;
    private readonly DigestAnswer _digest;
    private readonly byte[] _requestUri;
    private readonly Slot[] _slots;
    private readonly byte[] _run = Encoding.ASCII.GetBytes($"r{Environment.ProcessId}-");
    private int _scan;

    public RegisterScenario(GeneratorOptions options, IReadOnlyList<Link> links)
        : base(options)
    {
        _links = links;
        _digest = new DigestAnswer(options.Secret);
        _requestUri = Encoding.ASCII.GetBytes($"sip:127.0.0.1:{options.Port}");
        _slots = new Slot[options.Users * options.Contacts];
        for (var i = 0; i < _slots.Length; i++)
            Free.Enqueue(i);
    }

    public override bool IsReady => true;

    public override void Begin(int slot)
    {
        Begun++;
        _slots[slot].Since = Now;
        _slots[slot].IsOpen = true;
        Send(slot, default, 0);
    }

    public override void Take(Link link, ReadOnlySpan<byte> message)
    {
        var status = Wire.Status(message);
        var callId = Wire.Header(message, "Call-ID:"u8);
        if (status == 0 || !callId.StartsWith(_run))
            return;

        var slot = Wire.Digits(callId[_run.Length..]);
        ref var state = ref _slots[slot];
        if (!state.IsOpen || Wire.Digits(Wire.Header(message, "CSeq:"u8)) != state.CSeq)
            return;

        if (status == 401 && !state.IsAnswered)
        {
            state.IsAnswered = true;
            Send(slot, message, status);
            return;
        }

        if (status == 503 && Options.Total > 0)
        {
            // One after the other: the second of Retry-After is spread by where the slot is.
            var rest = Math.Clamp(Wire.Digits(Wire.Header(message, "Retry-After:"u8)), 1, 30) * 1e6;
            state.RestsUntil = Now + Math.Min(rest * (1 + ((double)slot / _slots.Length)), LongestRest);
            state.IsAnswered = false;
            return;
        }

        state.IsOpen = false;
        state.IsAnswered = false;
        if (status == 200)
        {
            Count("register", Now - state.Since);
            Succeed(slot);
        }
        else
        {
            Fail(slot, $"{status}");
        }
    }

    public override void Tick()
    {
        // A few slots a millisecond: a lost datagram is noticed in the end.
        for (var i = 0; i < 64; i++)
        {
            _scan = (_scan + 1) % _slots.Length;
            ref var state = ref _slots[_scan];
            if (!state.IsOpen || Now < (state.RestsUntil > 0 ? state.RestsUntil : state.AskedAt + Patience))
                continue;

            if (Options.Total > 0)
            {
                state.IsAnswered = false;
                Send(_scan, default, 0);
                continue;
            }

            state.IsOpen = false;
            state.IsAnswered = false;
            Fail(_scan, "no answer");
        }
    }

    private void Send(int slot, ReadOnlySpan<byte> challenge, int status)
    {
        ref var state = ref _slots[slot];
        state.CSeq++;
        state.AskedAt = Now;
        state.RestsUntil = 0;
        var user = Options.FirstUser + (slot % Options.Users);
        var link = _links[slot % _links.Count];
        Builder.Clear().Add("REGISTER "u8).Add(_requestUri).Add(" SIP/2.0\r\nVia: SIP/2.0/"u8).Add(link.Transport).Add(" "u8).Add(link.Local)
            .Add(";branch=z9hG4bK"u8).Add(_run).Add(slot).Add("-"u8).Add(state.CSeq)
            .Add("\r\nFrom: <sip:"u8).Add(user).Add("@127.0.0.1>;tag=f"u8).Add(slot).Add("\r\nTo: <sip:"u8).Add(user).Add("@127.0.0.1>\r\nCall-ID: "u8).Add(_run).Add(slot)
            .Add("\r\nCSeq: "u8).Add(state.CSeq).Add(" REGISTER\r\nContact: <sip:"u8).Add(user).Add("@"u8).Add(link.Local);
        if (slot >= Options.Users)
            Builder.Add(";line="u8).Add(slot / Options.Users);

        Builder.Add(link.ContactParameter).Add(">\r\nExpires: 3600\r\nMax-Forwards: 70\r\n"u8);
        if (status != 0)
            _digest.TryWrite(Builder, challenge, status, user, "REGISTER"u8, _requestUri);

        link.Send(Builder.Body(default).Bytes);
    }

    private struct Slot
    {
        public int CSeq;
        public bool IsOpen;
        public bool IsAnswered;
        public double Since;
        public double AskedAt;
        public double RestsUntil;
    }
}
