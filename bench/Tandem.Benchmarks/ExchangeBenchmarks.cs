using BenchmarkDotNet.Attributes;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Benchmarks;

/// <summary>
/// The whole exchange on the virtual network: a call from INVITE to BYE, and a REGISTER with its challenge. The scripted phones at both
/// ends are part of each figure; compare a change with the figure before it.
/// </summary>
[MemoryDiagnoser]
public class ExchangeBenchmarks
{
    private ExchangeRig _rig = null!;
    private ScriptedPhone _ada = null!;
    private ScriptedPhone _bob = null!;
    private int _number;

    [GlobalSetup]
    public void Open()
    {
        _rig = new ExchangeRig();
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101");
    }

    /// <summary>Nothing of the iterations before may be left: their transactions live 32 s.</summary>
    [IterationCleanup]
    public void RunOut()
    {
        _rig.Run(70);
        _rig.Events.All.Clear();
    }

    [Benchmark]
    public void Call()
    {
        var a = _ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30_000));
        var invite = _bob.Expect("INVITE");
        var b = _bob.Take(invite);
        b.Reply(invite, 180);
        _ada.Expect("180");
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        _bob.Expect("ACK");
        a.Ack(_ada.Expect("200 INVITE"));
        a.Send("BYE");
        _ada.Expect("200 BYE");
        b.Reply(_bob.Expect("BYE"), 200);
    }

    [Benchmark]
    public void Registration()
    {
        var number = ++_number;
        _ada.Send(
            $"REGISTER sip:{_ada.Server.HostText()} SIP/2.0\r\nVia: SIP/2.0/UDP {_ada.Address};branch={_ada.NewBranch()}\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:100@tandem>;tag=r{number}\r\nTo: <sip:100@tandem>\r\nCall-ID: bench-{number}\r\nCSeq: 1 REGISTER\r\n"
            + $"Contact: <{_ada.ContactUri}>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n");
        _ada.Expect("200 REGISTER");
    }
}
