-- needs: 301
-- SMD knows five nodes, and no machine stands behind them: what exercise 303 begins with.
lab.clock.advance "60s"
virsh.undefine "compute[1-5]"
