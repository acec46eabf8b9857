using System.Text;

namespace Tandem.Load.Sip;

/// <summary>One request, one final answer, no state at either side: OPTIONS (200), or an INVITE that has no hop left (483).</summary>
internal sealed class RequestScenario : Scenario
{
    private const double Patience = 1e6;

    private readonly IReadOnlyList<Link> _links;
    private readonly byte[] _requestLine;
    private readonly byte[] _tail;
    private readonly int _expected;
    private readonly byte[] _run = Encoding.ASCII.GetBytes($"o{Environment.ProcessId}-");
    private double _lastAnswer = Now;
    private long _number;

    public RequestScenario(GeneratorOptions options, IReadOnlyList<Link> links, bool reject)
        : base(options)
    {
        _links = links;
        _expected = reject ? 483 : 200;
        var method = reject ? "INVITE" : "OPTIONS";
        _requestLine = Encoding.ASCII.GetBytes($"{method} sip:19999@127.0.0.1:{options.Port} SIP/2.0\r\nVia: SIP/2.0/");
        _tail = Encoding.ASCII.GetBytes($"\r\nCSeq: 1 {method}\r\nContact: <sip:bench@127.0.0.1:5062>\r\nMax-Forwards: {(reject ? 0 : 70)}\r\nUser-Agent: bench\r\nContent-Length: 0\r\n\r\n");
        for (var i = 0; i < Math.Max(options.Window, 4096); i++)
            Free.Enqueue(0);
    }

    public override bool IsReady => true;

    public override void Begin(int slot)
    {
        Begun++;
        var number = ++_number;
        var link = _links[(int)(number % _links.Count)];
        Builder.Clear().Add(_requestLine).Add(link.Transport).Add(" "u8).Add(link.Local).Add(";branch=z9hG4bK"u8).Add(_run).Add(number)
            .Add("\r\nFrom: <sip:bench@127.0.0.1>;tag=f"u8).Add(number).Add("\r\nTo: <sip:19999@127.0.0.1>\r\nCall-ID: "u8).Add(_run).Add(number).Add(_tail);
        link.Send(Builder.Bytes);
    }

    public override void Take(Link link, ReadOnlySpan<byte> message)
    {
        var status = Wire.Status(message);
        if (status is 0 or 100)
            return;

        if (status != _expected)
        {
            Fail(0, $"{status}");
            return;
        }

        _lastAnswer = Now;
        if (Open > 0)
            Succeed(0);
    }

    public override void Tick()
    {
        // Nobody repeats anything here: what is not answered when all is silent was lost on the way.
        if (Open == 0 || Now - _lastAnswer < Patience)
            return;

        _lastAnswer = Now;
        while (Open > 0)
            Fail(0, "no answer");
    }
}
