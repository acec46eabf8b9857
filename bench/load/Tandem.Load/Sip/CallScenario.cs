using System.Text;

namespace Tandem.Load.Sip;

/// <summary>
/// INVITE, the challenge if there is one, 180, 200, ACK, a pause, BYE, 200. Both sides are played here. The number in From tells
/// the called side whose call it is: each caller has one call at a time.
/// </summary>
internal sealed class CallScenario : Scenario
{
    private const double Patience = 10e6;
    private const double RegisterPatience = 5e6;
    private const int RegisterAgain = 1_000_000;

    private readonly IReadOnlyList<Link> _links;
    private readonly IReadOnlyList<Link> _calleeLinks;
    private readonly DigestAnswer _digest;
    private readonly Slot[] _slots;
    private readonly Queue<(double At, int Slot, int Generation)> _talking = new();
    private readonly byte[] _run = Encoding.ASCII.GetBytes($"c{Environment.ProcessId}-");
    private readonly byte[] _registerUri;
    private readonly byte[] _callerSdp = Sdp(40_002);
    private readonly byte[] _calleeSdp = Sdp(40_004);
    private readonly byte[][] _uris;
    private readonly bool[] _registered;
    private double _registeredAt;
    private int _scan;

    public CallScenario(GeneratorOptions options, IReadOnlyList<Link> links, IReadOnlyList<Link> calleeLinks)
        : base(options)
    {
        _links = links;
        _calleeLinks = calleeLinks;
        _digest = new DigestAnswer(options.Secret);
        _registered = new bool[options.Callees];
        _registerUri = Encoding.ASCII.GetBytes($"sip:127.0.0.1:{options.Port}");
        _uris = [.. Enumerable.Range(0, options.Callees).Select(i => Encoding.ASCII.GetBytes($"sip:{options.FirstUser + options.Users + i}@127.0.0.1:{options.Port}"))];
        _slots = [.. Enumerable.Range(0, options.Users).Select(i => new Slot { Link = links[i % links.Count], Uri = _uris[i % _uris.Length] })];
        for (var i = 0; i < _slots.Length; i++)
            Free.Enqueue(i);
    }

    public override bool IsReady => Array.TrueForAll(_registered, done => done);

    public override void Prepare()
    {
        if (Now - _registeredAt < RegisterPatience)
            return;

        _registeredAt = Now;
        for (var i = 0; i < Options.Callees; i++)
        {
            if (!_registered[i])
                Register(i, 1, default, 0);
        }
    }

    public override void Begin(int slot)
    {
        Begun++;
        var state = _slots[slot];
        state.Generation++;
        state.CSeq = 0;
        state.Phase = Phase.Calling;
        state.Since = Now;
        Invite(slot, state, default, 0);
    }

    public override void Take(Link link, ReadOnlySpan<byte> message)
    {
        var status = Wire.Status(message);
        if (status == 0)
        {
            Serve(link, message);
            return;
        }

        var callId = Wire.Header(message, "Call-ID:"u8);
        if (status == 100 || !callId.StartsWith(_run))
            return;

        var rest = callId[_run.Length..];
        var slot = Wire.Digits(rest);
        if (slot >= RegisterAgain)
        {
            // An answer to a request that was given up belongs to another Call-ID.
            if (Wire.Digits(rest[(rest.IndexOf((byte)'-') + 1)..]) == (int)((long)_registeredAt % int.MaxValue))
                TakeRegistered(slot - RegisterAgain, status, message);
            return;
        }

        var generation = Wire.Digits(rest[(rest.IndexOf((byte)'-') + 1)..]);
        var state = _slots[slot];
        if (generation == state.Generation && Wire.Digits(Wire.Header(message, "CSeq:"u8)) == state.CSeq)
            Advance(slot, state, status, message);
    }

    public override void Tick()
    {
        while (_talking.TryPeek(out var talk) && talk.At <= Now)
        {
            _talking.Dequeue();
            if (_slots[talk.Slot] is { Phase: Phase.Talking } state && state.Generation == talk.Generation)
                Bye(talk.Slot, state);
        }

        for (var i = 0; i < 64; i++)
        {
            _scan = (_scan + 1) % _slots.Length;
            var state = _slots[_scan];
            if (state.Phase is Phase.Idle or Phase.Talking || Now - state.Since < Patience)
                continue;

            Fail(_scan, $"no answer while {state.Phase}");
            state.Phase = Phase.Idle;
        }
    }

    private void Advance(int slot, Slot state, int status, ReadOnlySpan<byte> message)
    {
        switch (state.Phase)
        {
            case Phase.Calling when status is 401 or 407 && state.CSeq == 1:
                Ack(slot, state, message, isFailure: true);
                Invite(slot, state, message, status);
                break;
            case Phase.Calling when status < 200:
                break;
            case Phase.Calling when status == 200:
                Count("answer", Now - state.AnswerSent);
                Count("setup", Now - state.AnswerSent + state.InviteTook);
                KeepDialog(state, message);
                Ack(slot, state, message, isFailure: false);
                state.Phase = Phase.Talking;
                if (Options.Hold > TimeSpan.Zero)
                    _talking.Enqueue((Now + Options.Hold.TotalMicroseconds, slot, state.Generation));
                else
                    Bye(slot, state);
                break;
            case Phase.Calling:
                Ack(slot, state, message, isFailure: true);
                state.Phase = Phase.Idle;
                Fail(slot, $"{status} to INVITE");
                break;
            case Phase.Talking when status == 200:
                Ack(slot, state, message, isFailure: false);
                break;
            case Phase.Ending when status >= 200:
                state.Phase = Phase.Idle;
                if (status == 200)
                    Succeed(slot);
                else
                    Fail(slot, $"{status} to BYE");
                break;
            default:
                break;
        }
    }

    private void Invite(int slot, Slot state, ReadOnlySpan<byte> challenge, int status)
    {
        state.CSeq++;
        Start("INVITE"u8, state.Uri, slot, state, state.CSeq).Add("To: <"u8).Add(state.Uri).Add(">\r\nContact: <sip:"u8)
            .Add(Options.FirstUser + slot).Add("@"u8).Add(state.Link.Local).Add(state.Link.ContactParameter).Add(">\r\n"u8);
        if (status != 0)
            _digest.TryWrite(Builder, challenge, status, Options.FirstUser + slot, "INVITE"u8, state.Uri);

        state.InviteSent = Now;
        state.Link.Send(Builder.Body(_callerSdp).Bytes);
    }

    private void Ack(int slot, Slot state, ReadOnlySpan<byte> response, bool isFailure)
    {
        if (isFailure)
            Start("ACK"u8, state.Uri, slot, state, state.CSeq).Copy(response, "To:"u8);
        else
            Start("ACK"u8, state.Target, slot, state, state.CSeq, "a"u8).Add(state.Route).Copy(response, "To:"u8);

        state.Link.Send(Builder.Body(default).Bytes);
    }

    private void Bye(int slot, Slot state)
    {
        state.Phase = Phase.Ending;
        state.Since = Now;
        state.CSeq++;
        state.Link.Send(Start("BYE"u8, state.Target, slot, state, state.CSeq).Add(state.Route).Add(state.To).Add("\r\n"u8).Body(default).Bytes);
    }

    private MessageBuilder Start(ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, int slot, Slot state, int cseq, ReadOnlySpan<byte> suffix = default) =>
        Builder.Clear().Add(method).Add(" "u8).Add(uri).Add(" SIP/2.0\r\nVia: SIP/2.0/"u8).Add(state.Link.Transport).Add(" "u8).Add(state.Link.Local)
            .Add(";branch=z9hG4bK"u8).Add(_run).Add(slot).Add("-"u8).Add(state.Generation).Add("-"u8).Add(cseq).Add(suffix)
            .Add("\r\nFrom: <sip:"u8).Add(Options.FirstUser + slot).Add("@127.0.0.1>;tag=f"u8).Add(state.Generation)
            .Add("\r\nCall-ID: "u8).Add(_run).Add(slot).Add("-"u8).Add(state.Generation).Add("\r\nCSeq: "u8).Add(cseq).Add(" "u8).Add(method)
            .Add("\r\nMax-Forwards: 70\r\n"u8);

    // RFC 3261 §12.1.2: the route is Record-Route from the end.
    private static void KeepDialog(Slot state, ReadOnlySpan<byte> response)
    {
        state.Target = Wire.Uri(Wire.Header(response, "Contact:"u8)).ToArray();
        var to = response;
        state.To = Wire.TryNextLine(ref to, "To:"u8, out var line) ? line.ToArray() : [];
        state.Route = [];
        var rest = response;
        while (Wire.TryNextLine(ref rest, "Record-Route:"u8, out line))
            state.Route = [.. "Route: "u8, .. line["Record-Route:"u8.Length..].Trim((byte)' '), .. "\r\n"u8, .. state.Route];
    }

    // The called side keeps nothing: each answer is made from its request.
    private void Serve(Link link, ReadOnlySpan<byte> request)
    {
        if (request.StartsWith("INVITE "u8))
        {
            var slot = Wire.Number(Wire.Header(request, "From:"u8)) - Options.FirstUser;
            if (slot >= 0 && slot < _slots.Length && _slots[slot] is var state)
            {
                state.InviteTook = Now - state.InviteSent;
                Count("invite", state.InviteTook);
                Answer(link, request, "SIP/2.0 180 Ringing\r\n"u8, default);
                state.AnswerSent = Now;
            }

            Answer(link, request, "SIP/2.0 200 OK\r\n"u8, _calleeSdp);
        }
        else if (!request.StartsWith("ACK "u8))
        {
            Answer(link, request, "SIP/2.0 200 OK\r\n"u8, default);
        }
    }

    private void Answer(Link link, ReadOnlySpan<byte> request, ReadOnlySpan<byte> statusLine, ReadOnlySpan<byte> sdp)
    {
        var to = Wire.Header(request, "To:"u8);
        Builder.Clear().Add(statusLine).Copy(request, "Via:"u8).Copy(request, "Record-Route:"u8).Copy(request, "From:"u8).Add("To: "u8).Add(to);
        if (to.IndexOf(";tag="u8) < 0)
            Builder.Add(";tag=u1"u8);

        Builder.Add("\r\n"u8).Copy(request, "Call-ID:"u8).Copy(request, "CSeq:"u8).Add("Contact: <sip:callee@"u8).Add(link.Local).Add(link.ContactParameter).Add(">\r\n"u8);
        link.Send(Builder.Body(sdp).Bytes);
    }

    private void Register(int callee, int cseq, ReadOnlySpan<byte> challenge, int status)
    {
        var link = _calleeLinks[callee % _calleeLinks.Count];
        var user = Options.FirstUser + Options.Users + callee;
        var number = RegisterAgain + callee;
        Builder.Clear().Add("REGISTER "u8).Add(_registerUri).Add(" SIP/2.0\r\nVia: SIP/2.0/"u8).Add(link.Transport).Add(" "u8).Add(link.Local)
            .Add(";branch=z9hG4bK"u8).Add(_run).Add(number).Add("-"u8).Add(cseq).Add("-"u8).Add((long)_registeredAt % int.MaxValue)
            .Add("\r\nFrom: <sip:"u8).Add(user).Add("@127.0.0.1>;tag=f\r\nTo: <sip:"u8).Add(user).Add("@127.0.0.1>\r\nCall-ID: "u8).Add(_run).Add(number).Add("-"u8).Add((long)_registeredAt % int.MaxValue)
            .Add("\r\nCSeq: "u8).Add(cseq).Add(" REGISTER\r\nContact: <sip:"u8).Add(user).Add("@"u8).Add(link.Local).Add(link.ContactParameter)
            .Add(">\r\nExpires: 3600\r\nMax-Forwards: 70\r\n"u8);
        if (status != 0)
            _digest.TryWrite(Builder, challenge, status, user, "REGISTER"u8, _registerUri);

        link.Send(Builder.Body(default).Bytes);
    }

    private void TakeRegistered(int callee, int status, ReadOnlySpan<byte> message)
    {
        if (status == 200)
            _registered[callee] = true;
        else if (status == 401 && Wire.Digits(Wire.Header(message, "CSeq:"u8)) == 1)
            Register(callee, 2, message, status);
        else
            throw new InvalidDataException($"the called side could not register: {status}");
    }

    private static byte[] Sdp(int port) => Encoding.ASCII.GetBytes(
        $"v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");

    private enum Phase : byte
    {
        Idle,
        Calling,
        Talking,
        Ending,
    }

    private sealed class Slot
    {
        public required Link Link { get; init; }

        public required byte[] Uri { get; init; }

        public Phase Phase { get; set; }

        public int Generation { get; set; }

        public int CSeq { get; set; }

        public double Since { get; set; }

        public double InviteSent { get; set; }

        public double InviteTook { get; set; }

        public double AnswerSent { get; set; }

        public byte[] Target { get; set; } = [];

        public byte[] To { get; set; } = [];

        public byte[] Route { get; set; } = [];
    }
}
