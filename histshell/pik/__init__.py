from histshell.pik.loading import loads
from histshell.pik.policy import SAFE, EVERYTHING
from histshell.pik.machine import Machine
from histshell.pik.limits import Limits
